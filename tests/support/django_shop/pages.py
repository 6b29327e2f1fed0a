"""Pages of the list, in a separate module because the framework imports it before the views."""

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """As in the framework's manual."""

    default_limit = 20
    max_limit = 100
