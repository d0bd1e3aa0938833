"""The report as a web page: one file that shows all there is to say about a forecast.

``study`` finds it out, ``figures`` draws it, ``series`` and ``tables`` lay numbers out,
``document`` makes the file of them.
"""
