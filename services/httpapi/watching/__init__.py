"""How the process is doing: health, log lines and metrics."""
