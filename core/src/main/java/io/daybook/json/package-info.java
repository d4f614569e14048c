/**
 * The JSON code that Daybook's packages and adapters share. The package is exported only to Daybook's adapters, and all of it may change in
 * any release. Applications use {@link io.daybook.serialization}.
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.json;

import org.jspecify.annotations.NullMarked;
