#include "src/lease/kubernetes/api/object.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace leasehold::lease {
namespace {

// The answer to a create, a patch or a delete can be the whole object, as that to a read.
TEST(ClusterObject, EveryRequestAsksForMetadataOnly) {
    const ObjectRef secret{ObjectKind::secret, "ci", "leasehold-0123456789abcdef", "a-uid"};
    for (const http::Request& request :
         {create_request(secret, {}), get_request(secret), delete_request(secret),
          annotate_request(secret, {}), list_request(ObjectKind::secret, "ci", "a=b", "")}) {
        const auto accept =
            std::find_if(request.headers.begin(), request.headers.end(),
                         [](const http::Header& header) { return header.name == "Accept"; });
        ASSERT_NE(accept, request.headers.end()) << request.method << ' ' << request.target;
        EXPECT_TRUE(accept->value.starts_with("application/json;as=PartialObjectMetadata"))
            << request.method << ' ' << accept->value;
    }
}

} // namespace
} // namespace leasehold::lease
