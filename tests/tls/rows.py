"""rows.py - the table: its parts by the names of its groups."""

from rows_flight import AUTHENTICATION_LIES, ORDER_LIES, PARAMETER_LIES
from rows_hello import RETRY_LIES, SERVER_HELLO_LIES
from rows_honest import HONEST, LATER
from rows_limits import FLOODS, SILENCES, WAY_BACK
from rows_records import LATE_LIES, RECORD_LIES

GROUPS = {
    "honest": HONEST, "later": LATER, "ServerHello": SERVER_HELLO_LIES,
    "HelloRetryRequest": RETRY_LIES, "parameters": PARAMETER_LIES,
    "authentication": AUTHENTICATION_LIES, "order": ORDER_LIES,
    "records": RECORD_LIES, "late": LATE_LIES, "floods": FLOODS,
    "silence": SILENCES, "way back": WAY_BACK,
}
