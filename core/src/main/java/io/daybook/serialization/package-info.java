/**
 * Events as JSON: {@link io.daybook.serialization.EventSerializer} is what stores use,
 * {@link io.daybook.serialization.JacksonEventSerializer} the one to take, and an
 * {@link io.daybook.serialization.Upcaster} brings JSON of an older version up to the present one.
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.serialization;

import org.jspecify.annotations.NullMarked;
