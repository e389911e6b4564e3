"""A Bot API server of our own, in memory and on loopback only: the bot's Telegram in tests and demo.

The bot imports nothing of this package and meets it over HTTP, as it meets Telegram.
"""
