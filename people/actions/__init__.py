"""Every way people change."""

from people.actions.agreeing import (
    accept_terms,
    choose_marketing,
)
from people.actions.arriving import (
    ImportedPerson,
    complete_sign_up,
    create_imported_people,
    create_person,
    free_handle,
    generated_handle,
    identify,
    save_new,
)
from people.actions.keys import (
    KEY_BEGINS,
    KEY_NAME_MAX_CHARS,
    make_api_key,
    note_api_key_used,
    revoke_api_key,
    revoke_api_keys,
)
from people.actions.leaving import (
    ask_to_close,
    close_accounts,
    erase_person,
    keep_account,
    note_copy_taken,
)
from people.actions.profile import (
    change_language,
    change_names,
    change_profile,
)
from people.actions.roles import (
    change_roles,
    end_sessions,
    make_superuser,
    refresh_standing,
    set_active,
    set_standing,
    setup_groups,
)
from people.actions.telling import (
    MAIL_KIND,
    choose_notifications,
    mark_read,
    notify,
)

__all__ = [
    "ImportedPerson",
    "KEY_BEGINS",
    "KEY_NAME_MAX_CHARS",
    "MAIL_KIND",
    "accept_terms",
    "ask_to_close",
    "change_language",
    "change_names",
    "change_profile",
    "change_roles",
    "choose_marketing",
    "choose_notifications",
    "close_accounts",
    "complete_sign_up",
    "create_imported_people",
    "create_person",
    "end_sessions",
    "erase_person",
    "free_handle",
    "generated_handle",
    "identify",
    "keep_account",
    "make_api_key",
    "make_superuser",
    "mark_read",
    "note_api_key_used",
    "note_copy_taken",
    "notify",
    "refresh_standing",
    "revoke_api_key",
    "revoke_api_keys",
    "save_new",
    "set_active",
    "set_standing",
    "setup_groups",
]
