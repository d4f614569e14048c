/**
 * Personal data that can be erased while the events stay: they are encrypted under a key of the person, the subject, and
 * destroying that key shreds them. Start at {@link io.daybook.shredding.ShreddingEventSerializer};
 * {@link io.daybook.shredding.SubjectKeys} is what a store of keys implements.
 */
@NullMarked
package io.daybook.shredding;

import org.jspecify.annotations.NullMarked;
