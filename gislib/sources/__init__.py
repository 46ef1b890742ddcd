"""Files and services in: readers of every format, and the workspace folder that keeps what was read."""
