"""Search engines behind one interface, so that callers never learn which one runs."""
