"""Takes out of the library what costs time and is no part of a story; before it is loaded."""

import os

import certifi


def make_quick(home):
    """Every client that is opened reads all authorities that there are, and asks none of them."""
    home.mkdir(parents=True, exist_ok=True)
    end = "-----END CERTIFICATE-----\n"
    with open(certifi.where(), encoding="utf-8") as file:
        whole = file.read()
    one = home / "authority.pem"
    begin = whole.index("-----BEGIN")
    one.write_text(whole[begin : whole.index(end) + len(end)])
    os.environ["PREFECT_API_SSL_CERT_FILE"] = str(one)
