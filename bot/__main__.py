"""`python -m bot` is `hamrah`."""

from bot.cli import main

main()
