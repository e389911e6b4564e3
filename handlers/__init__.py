"""The conversation. A handler reads what came in, calls one use case of `desk`, and says the result."""
