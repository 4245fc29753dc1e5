/* Rows of the audit as they come from the store. For this folder alone. */
#ifndef PLUMBLINE_STORE_AUDIT_ROW_H
#define PLUMBLINE_STORE_AUDIT_ROW_H

#include "store/audit.h"

pl_status audit_hash(const pl_audit_row *row, unsigned char out[PL_DIGEST_SIZE]);

/* False where the value is no hash. */
bool audit_hash_of(const pl_value *value, unsigned char out[PL_DIGEST_SIZE]);

#endif
