"""Pages of the list; apart from the views, for the framework looks for it while it imports them."""

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """As in the framework's manual."""

    default_limit = 20
    max_limit = 100
