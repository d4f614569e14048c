/**
 * The query side: read models of orders, kept up to date by projections of their events, and the queries that they answer.
 */
@NullMarked
package io.daybook.sample.order.query;

import org.jspecify.annotations.NullMarked;
