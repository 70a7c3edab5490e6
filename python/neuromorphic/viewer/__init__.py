"""The live viewer: a page in a browser, served by this computer.

A thread takes the device's packets as fast as they come (`reader`) and keeps the last event of each pixel (`surface`).
The server (`server`) tells each browser what has changed since the frame before (`protocol`), and the browser draws it:
how fast events fade, their colours and their counting are up to each page.
"""
