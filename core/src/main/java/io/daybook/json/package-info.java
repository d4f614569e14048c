/**
 * What the packages and adapters of Daybook share of JSON. It is not exported: nothing of it is for applications, and all of it
 * may change in any release. Applications use {@link io.daybook.serialization}.
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.json;

import org.jspecify.annotations.NullMarked;
