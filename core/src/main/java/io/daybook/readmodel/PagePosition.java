package io.daybook.readmodel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The position at which a page of a list ends: the sort value and the id of the last document on the page. The text of
 * a position is opaque, and valid only for one version of a read model and for one filter.
 *
 * <pre>{@code
 * ReadModelSchema schema = ReadModelSchema.of("order-summaries", 1);
 * Filter filter = Filter.all().limit(20);
 * String next = new PagePosition("", "42").text(schema, filter); // where the client's page ended
 * Optional<PagePosition> after = PagePosition.of(schema, filter.after(next));
 * }</pre>
 *
 * @param sortValue the value of the index that the list is sorted by; empty if the list is sorted by keys
 * @param id the id of the document
 */
public record PagePosition(String sortValue, String id) {

    private static final int HASH_BYTES = 12;
    private static final int MAX_TEXT = 8_192;

    /**
     * Returns the position of a document in a list.
     *
     * @param filter the filter of the list
     * @param document the document
     * @return the position of the document
     */
    public static PagePosition of(Filter filter, StoredDocument document) {
        List<String> values = filter.sort()
                .map(sort -> document.indexValues().getOrDefault(sort, List.of()))
                .orElse(List.of());
        return new PagePosition(
                values.isEmpty() ? "" : values.get(0), document.key().id());
    }

    /**
     * Returns the position from which a filter continues.
     *
     * @param schema the schema of the read model
     * @param filter a filter with or without {@link Filter#after}
     * @return the position; empty if the filter selects the first page
     * @throws IllegalArgumentException if the position belongs to another read model, version or filter, or is
     *     malformed
     */
    public static Optional<PagePosition> of(ReadModelSchema schema, Filter filter) {
        if (filter.next().isEmpty()) {
            return Optional.empty();
        }
        if (filter.next().length() <= MAX_TEXT) {
            try (DataInputStream in = new DataInputStream(
                    new ByteArrayInputStream(Base64.getUrlDecoder().decode(filter.next())))) {
                byte[] hash = in.readNBytes(HASH_BYTES);
                PagePosition position = new PagePosition(in.readUTF(), in.readUTF());
                if (in.read() < 0 && Arrays.equals(hash, hash(schema, filter))) {
                    return Optional.of(position);
                }
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException(refusal(schema), e);
            }
        }
        throw new IllegalArgumentException(refusal(schema));
    }

    private static String refusal(ReadModelSchema schema) {
        return "the next page of " + schema.id()
                + " was requested with a position in another list: begin with the first page";
    }

    /**
     * Returns the position as text.
     *
     * @param schema the schema of the read model
     * @param filter the filter of the list
     * @return opaque text, made up of letters, digits, - and _
     */
    public String text(ReadModelSchema schema, Filter filter) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(hash(schema, filter));
            out.writeUTF(sortValue);
            out.writeUTF(id);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    private static byte[] hash(ReadModelSchema schema, Filter filter) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((schema.id() + "\n" + filter.identity()).getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(digest, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Compares two positions in a list.
     *
     * @param other another position
     * @param descending whether the greatest value comes first
     * @return a negative number if this position comes first, a positive number if the other one does, and 0 if they
     *     are equal
     */
    public int compareTo(PagePosition other, boolean descending) {
        int bySort = IndexValue.ORDER.compare(sortValue, other.sortValue);
        int ascending = bySort != 0 ? bySort : IndexValue.ORDER.compare(id, other.id);
        return descending ? -ascending : ascending;
    }
}
