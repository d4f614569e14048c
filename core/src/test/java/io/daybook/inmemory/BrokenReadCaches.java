package io.daybook.inmemory;

import io.daybook.contract.ReadCacheContract;
import io.daybook.readmodel.CachedDocument;
import io.daybook.readmodel.ReadCache;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Caches that are wrong in one way each. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenReadCaches {

    private BrokenReadCaches() {}

    /** A cache that forwards to a right one. */
    abstract static class Tampered extends ReadCacheContract implements ReadCache {
        final ReadCache right = new InMemoryReadCache(1_000);

        @Override
        protected ReadCache cache() {
            return this;
        }

        @Override
        public Optional<CachedDocument> get(String key) {
            return right.get(key);
        }

        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            right.put(key, document, timeToLive);
        }
    }

    static class LastPutWins extends Tampered {
        private final Map<String, CachedDocument> documents = new ConcurrentHashMap<>();

        @Override
        public Optional<CachedDocument> get(String key) {
            return right.get(key).map(there -> documents.getOrDefault(key, there));
        }

        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            super.put(key, document, timeToLive);
            documents.put(key, document);
        }
    }

    static class FirstPutWins extends Tampered {
        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            if (get(key).isEmpty()) {
                super.put(key, document, timeToLive);
            }
        }
    }

    static class NeverForgets extends Tampered {
        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            super.put(key, document, Duration.ofDays(1));
        }
    }

    static class RevisionsAreDoubles extends Tampered {
        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            super.put(key, new CachedDocument((long) (float) document.revision(), document.text()), timeToLive);
        }

        @Override
        public Optional<CachedDocument> get(String key) {
            return super.get(key)
                    .map(there -> there.text().startsWith("revision ")
                            ? new CachedDocument(
                                    Long.parseLong(there.text().substring("revision ".length())), there.text())
                            : there);
        }
    }

    static class IgnoresCaseOfKeys extends Tampered {
        @Override
        public Optional<CachedDocument> get(String key) {
            return super.get(key.toLowerCase(Locale.ROOT));
        }

        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            super.put(key.toLowerCase(Locale.ROOT), document, timeToLive);
        }
    }

    static class CutsText extends Tampered {
        @Override
        public void put(String key, CachedDocument document, Duration timeToLive) {
            String text = document.text();
            super.put(
                    key,
                    new CachedDocument(document.revision(), text.substring(0, Math.min(text.length(), 1_000_000))),
                    timeToLive);
        }
    }

    static class ForgetsEverything extends Tampered {
        @Override
        public Optional<CachedDocument> get(String key) {
            return Optional.empty();
        }
    }
}
