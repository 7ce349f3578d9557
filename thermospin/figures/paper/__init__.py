"""The paper's panels and figures, Figs. 1(b), 2 and 3, and the figure on Γ."""
