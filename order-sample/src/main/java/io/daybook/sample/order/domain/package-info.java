/**
 * The domain: the {@link io.daybook.sample.order.domain.Order} aggregate, its events and its rules. It knows the core
 * library and nothing of HTTP.
 */
@NullMarked
package io.daybook.sample.order.domain;

import org.jspecify.annotations.NullMarked;
