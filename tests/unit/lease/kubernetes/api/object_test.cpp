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

http::Response secret_of(const std::string& uid, const std::string& space = "ci") {
    http::Response response;
    response.status = 200;
    response.body = R"({"kind":"PartialObjectMetadata","metadata":{"name":"a","namespace":")" +
                    space + R"(","uid":")" + uid + R"("}})";
    return response;
}

// They go into paths of later requests, and the uid says which object is meant.
TEST(ClusterObject, IsReadWithASoundUidAndPlaceOnly) {
    EXPECT_TRUE(read_object(secret_of("u"), ObjectKind::secret));
    EXPECT_TRUE(read_object(secret_of(std::string(128, 'u')), ObjectKind::secret));
    EXPECT_FALSE(read_object(secret_of(""), ObjectKind::secret));
    EXPECT_FALSE(read_object(secret_of(std::string(129, 'u')), ObjectKind::secret));
    EXPECT_FALSE(read_object(secret_of("u", ""), ObjectKind::secret));
    EXPECT_FALSE(read_object(secret_of("u", "a/b"), ObjectKind::secret));
    EXPECT_FALSE(read_object(secret_of("u"), ObjectKind::cluster_role_binding));
    EXPECT_TRUE(read_object(secret_of("u", ""), ObjectKind::cluster_role_binding));
}

TEST(ClusterObject, IsToldInSmallLetters) {
    EXPECT_EQ(describe({ObjectKind::secret, "ci", "a", ""}), "secret ci/a");
    EXPECT_EQ(describe({ObjectKind::cluster_role_binding, "", "a", ""}), "clusterrolebinding a");
}

} // namespace
} // namespace leasehold::lease
