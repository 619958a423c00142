using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class NuGetPackagesTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void A_version_that_does_not_exist_is_not_replaced_by_another()
    {
        string message = Assert.Throws<UserException>(() => NuGetPackages.Files("Newtonsoft.Json, 12.0.4")).Message;

        Assert.StartsWith("#r: the package Newtonsoft.Json 12.0.4 cannot be had: ", message, StringComparison.Ordinal);
        Assert.EndsWith("https://www.nuget.org/packages/Newtonsoft.Json lists the versions that there are.", message, StringComparison.Ordinal);
        Assert.DoesNotContain(".csproj", message, StringComparison.Ordinal);
        Assert.DoesNotContain(".part", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_is_told_without_the_project_it_was_found_with() => Assert.Equal(
        "Unable to find package X with version (= 1.0.4). Found 84 version(s) in nuget.org [ Nearest version: 1.0.5 ].",
        NuGetPackages.Reason("""
            /tmp/1.0.4.77.part/packages.csproj : error NU1102: Unable to find package X with version (= 1.0.4)
            /tmp/1.0.4.77.part/packages.csproj : error NU1102:   - Found 84 version(s) in nuget.org [ Nearest version: 1.0.5 ]
            /tmp/1.0.4.77.part/packages.csproj : error NU1102: Unable to find package X with version (= 1.0.4) [/tmp/1.0.4.77.part/packages.csproj]

            """));
}
