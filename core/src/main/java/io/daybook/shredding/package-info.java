/**
 * Erasure of personal data without deletion of events. The data of each person (the subject) is encrypted under a
 * separate key, and destroying that key shreds the data. Start with
 * {@link io.daybook.shredding.ShreddingEventSerializer}. A key store implements
 * {@link io.daybook.shredding.SubjectKeys}.
 *
 * <pre>{@code
 * EventSerializer shredding = ShreddingEventSerializer.of(serializer, keys)
 *         .protect(CustomerRegistered.class, CustomerRegistered::customerId, "name", "email");
 * byte[] json = shredding.encode(new CustomerRegistered("17", "Ann", "ann@example.com"));
 *
 * keys.destroy("17");
 *
 * DomainEvent shredded = shredding.decode("CustomerRegistered", 1, json); // without name and email
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.daybook.shredding;

import org.jspecify.annotations.NullMarked;
