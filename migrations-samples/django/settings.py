"""Settings that take the database from DATABASE_URL, as paripassu and many hosts hand it over."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

SECRET_KEY = "of no use here: nothing is signed"
INSTALLED_APPS = ["shop", "billing"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True


def database(text):
    url = urlsplit(text)
    parameters = dict(parse_qsl(url.query))
    # Not url.hostname, which is in lower case: the host may be the folder of a Unix socket.
    host, _, port = url.netloc.rpartition("@")[2].partition(":")
    settings = {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(host) or parameters.get("host", ""),
        "PORT": port or parameters.get("port", ""),
    }
    if url.scheme.startswith("postgres"):
        return {"ENGINE": "django.db.backends.postgresql", **settings}
    driver = parameters.get("driver", "ODBC Driver 18 for SQL Server")
    options = {"driver": driver}
    if "tds" in driver.lower():
        options.update(host_is_server=True, extra_params="TDS_Version=7.4;ClientCharset=UTF-8")
    return {"ENGINE": "mssql", **settings, "OPTIONS": options}


DATABASES = {"default": database(os.environ["DATABASE_URL"])}
