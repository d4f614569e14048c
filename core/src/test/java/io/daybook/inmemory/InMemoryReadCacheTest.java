package io.daybook.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.contract.ReadCacheContract;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ReadCache;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryReadCacheTest extends ReadCacheContract {

    @Override
    protected ReadCache cache() {
        return new InMemoryReadCache(1_000);
    }

    @Test
    void forgets_the_least_recently_used_document() {
        InMemoryReadCache small = new InMemoryReadCache(2);
        small.put("a", new CachedDocument(1, ""), Duration.ofHours(1));
        small.put("b", new CachedDocument(1, ""), Duration.ofHours(1));
        small.get("a");
        small.put("c", new CachedDocument(1, ""), Duration.ofHours(1));

        assertThat(small.get("a")).isPresent();
        assertThat(small.get("b")).isEmpty();
        assertThat(small.get("c")).isPresent();
        small.clear();
        assertThat(small.get("a")).isEmpty();
    }

    @Test
    void refuses_a_size_or_revision_that_makes_no_sense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InMemoryReadCache(0))
                .withMessage("maxDocuments is 0: use 1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CachedDocument(0, ""))
                .withMessage("the revision of a document is 0: use 1 or more");
        assertThat(new CachedDocument(3, "secret")).hasToString("revision 3, 6 characters");
    }
}
