package io.daybook.readmodel;

import io.daybook.event.TextRules;
import java.nio.charset.StandardCharsets;

/**
 * The key of a stored document. Documents in the same partition can be written in one transaction.
 *
 * <pre>{@code
 * DocumentKey order = DocumentKey.of("42");
 * DocumentKey share = new DocumentKey("g:alice", "Order-42");
 * }</pre>
 *
 * @param partition the partition, 1 to 1,024 bytes in UTF-8
 * @param id the id within the partition, 1 to 600 bytes in UTF-8
 */
public record DocumentKey(String partition, String id) {

    private static final int MAX_PARTITION_BYTES = 1_024;
    private static final int MAX_ID_BYTES = 600;

    /**
     * Checks the partition and the id.
     *
     * @param partition the partition
     * @param id the id within the partition
     * @throws IllegalArgumentException if one of them is empty or too long, or contains an unpaired surrogate
     */
    public DocumentKey {
        require("the partition of a document", partition, MAX_PARTITION_BYTES);
        require("the id of a document", id, MAX_ID_BYTES);
    }

    /**
     * Returns the key of a document that is the only one in its partition.
     *
     * @param id the id, which is also the partition
     * @return the key
     * @throws IllegalArgumentException if the id is empty or too long, or contains an unpaired surrogate
     */
    public static DocumentKey of(String id) {
        return new DocumentKey(id, id);
    }

    // Both parts are often the same text, whose hash code a record would multiply by 32. Here it is multiplied by 31.
    @Override
    public int hashCode() {
        return 30 * partition.hashCode() + id.hashCode();
    }

    private static void require(String name, String text, int maxBytes) {
        TextRules.requireStorable(name, text);
        if (!text.isEmpty() && text.length() <= maxBytes / 3) {
            return; // a char has 3 bytes at most
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > maxBytes) {
            throw new IllegalArgumentException(name + " has " + bytes + " bytes: use 1 to " + maxBytes);
        }
    }
}
