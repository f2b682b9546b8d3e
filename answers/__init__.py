"""One async function per question; each reads, computes off the event loop and returns a frozen result."""
