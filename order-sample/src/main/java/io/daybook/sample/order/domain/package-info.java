/**
 * The domain: the {@link io.daybook.sample.order.domain.Order} aggregate, its events and its rules. It depends on the
 * core library and not on HTTP.
 */
@NullMarked
package io.daybook.sample.order.domain;

import org.jspecify.annotations.NullMarked;
