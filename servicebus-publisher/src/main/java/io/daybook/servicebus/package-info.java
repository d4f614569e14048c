/**
 * Publishes stored events to Azure Service Bus. Nothing of it is built yet.
 */
@NullMarked
package io.daybook.servicebus;

import org.jspecify.annotations.NullMarked;
