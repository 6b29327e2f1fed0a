"""The shop's Django settings; `server` adds the database."""

SECRET_KEY = "only for tests"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "support.django_shop.urls"
INSTALLED_APPS = ["django_filters", "rest_framework", "support.django_shop"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "support.django_shop.recording.record"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = False
TIME_ZONE = "Europe/Amsterdam"
LOGGING_CONFIG = None
REST_FRAMEWORK = {
    "DEFAULT_PAGINATION_CLASS": "support.django_shop.pages.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["support.django_shop.access.StaticToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["support.django_shop.access.Throttle"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "UNAUTHENTICATED_USER": None,
    "LIST_SERIALIZER_ERRORS_AS_DICT": False,  # as before 3.18, because the vendor's version is not known
}
