"""The import package ``invokeai``, as packs know it: modules whose names lead to ours."""
