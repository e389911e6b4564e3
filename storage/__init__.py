"""What Hamrah remembers. A row never leaves this package, a query is never written outside it."""
