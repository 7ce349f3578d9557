# From a film and a measured curve to an overlay, a map in kelvin and microvolts, and a table.
set -eu
here=$(dirname "$0")

# A film with T_c = 1.3 K, a junction of 5 kΩ: what does it do between 100 mK and 1.2 K?
thermospin run film -o film.h5 --force --set 'axes.T_S={start: 100 mK, stop: 1.2 K, step: 20 mK}'

# A curve as the lock-in wrote it (here simulated), over the computed one at the nearest temperature.
python "$here/simulated_measurement.py" measured.txt
thermospin plot film.h5 --at "T_S=700 mK" --show I_q \
  --overlay measured.txt --offset "3 uV" -o overlay.png

# The map of the current over bias and temperature.
thermospin plot film.h5 --show I_q --x V --y T_S -o map.png

# The curve at 700 mK as a table, for whatever comes next.
thermospin export film.h5 --at "T_S=700 mK" --show I_q -o curve.csv
