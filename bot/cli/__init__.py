"""What each command of the command line does; returns its exit code."""
