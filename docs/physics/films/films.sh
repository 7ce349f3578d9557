# The pictures and the table of docs/physics/films.md: what a real film does to the effect.
set -eu
here=$(dirname "$0")

# Its density of states, for growing rates.
python "$here/density_of_states.py" density.png

# Fig. 2(b): where the junction is thermoactive in the linear regime.
thermospin run fig2b_film --force
thermospin plot fig2b_film.h5 --at depairing_Sm=0 --facet spin_orbit_Sm -o map_spin_orbit.png
thermospin plot fig2b_film.h5 --at spin_orbit_Sm=0 --facet depairing_Sm -o map_depairing.png

# Fig. 3(b): charge current and spin current generation efficiency.
thermospin run fig3b_film --force
thermospin plot fig3b_film.h5 --at depairing_Sm=0 --show I_q --show SGE --xlim 0,0.75 \
  --layout 1x2 -o bias_spin_orbit.png
thermospin plot fig3b_film.h5 --at spin_orbit_Sm=0 --show I_q --show SGE --xlim 0,0.75 \
  --layout 1x2 -o bias_depairing.png

# In numbers.
python "$here/effect.py" > effect.md
