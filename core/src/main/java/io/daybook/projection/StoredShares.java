package io.daybook.projection;

import io.daybook.readmodel.Page;
import io.daybook.readmodel.ReadModelCollection;
import io.daybook.readmodel.Scan;
import io.daybook.readmodel.StoredDocument;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The shares in the stored contributions to a group. */
final class StoredShares {

    private StoredShares() {}

    /**
     * Reads the shares of a group by the ids of their contributions.
     *
     * @param most the number of shares after which no more are read
     */
    static <S> Map<String, S> read(
            ReadModelCollection documents, String partition, int most, Function<StoredDocument, @Nullable S> share) {
        Map<String, S> shares = new TreeMap<>();
        String next = "";
        do {
            Page<StoredDocument> page = documents.scan(Scan.partition(partition), next);
            for (StoredDocument each : page.items()) {
                S read = GroupKeys.isSummary(each.key()) ? null : share.apply(each);
                if (read != null) {
                    shares.put(each.key().id(), read);
                }
            }
            next = page.next().orElse("");
        } while (!next.isEmpty() && shares.size() <= most);
        return shares;
    }
}
