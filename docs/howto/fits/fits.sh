# From measured curves to the parameters of a junction with their errors: all that the page on fits shows.
set -eu
here=$(dirname "$0")

# Four curves, as a laboratory has them (here simulated, so that the truth is known).
python "$here/simulated_series.py"

# I(V) of the junction: what are its gap, its conductance and its broadening?
thermospin fit iv.dat --material 'Delta_0=200 ueV,R_T=10 kohm' --fixed 'T=60 mK' \
  --free Delta_0,G_T,gamma,V_offset,I_offset -o iv

# dI/dV in three fields at once; the fit spec says which values the curves share.
cp "$here/series.yaml" .
thermospin fit --spec series.yaml --profile gamma -o series

# What else does the fitted junction do? Its sweep spec says it.
thermospin run series/junction_3.yaml -o junction.h5 --force

# A film that scatters spins, fitted without scattering: exit code 3, and what to free.
status=0
thermospin fit film.dat --material 'Delta_0=200 ueV,R_T=10 kohm' --fixed 'T=60 mK' \
  --free Delta_0,G_T,gamma,h_exc,V_offset > misfit.txt || status=$?
test "$status" = 3
thermospin fit film.dat --material 'Delta_0=200 ueV,R_T=10 kohm' --fixed 'T=60 mK' \
  --free Delta_0,G_T,gamma,h_exc,V_offset,spin_orbit_Sm
