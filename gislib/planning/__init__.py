"""Use cases, one function per button; each takes a Session first: role check and audit hook from the start."""
