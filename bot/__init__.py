"""The running program: settings, composition, the loops, the command line. Nobody imports it."""
