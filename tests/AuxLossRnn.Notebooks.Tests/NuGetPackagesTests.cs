using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class NuGetPackagesTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void A_version_that_does_not_exist_is_not_replaced_by_another()
    {
        string message = Assert.Throws<UserException>(() => NuGetPackages.Files(NuGetPackages.Asked("Newtonsoft.Json, 12.0.4"))).Message;

        Assert.StartsWith("#r: the package Newtonsoft.Json 12.0.4 cannot be had: ", message, StringComparison.Ordinal);
        Assert.Contains("https://www.nuget.org/packages/Newtonsoft.Json lists the versions that there are. Another feed is added by #i", message, StringComparison.Ordinal);
        Assert.DoesNotContain(".csproj", message, StringComparison.Ordinal);
        Assert.DoesNotContain(".part", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[5.0.0,6.0.0)")]
    [InlineData("(,6.0.0]")]
    [InlineData("[5.0.0, )")]
    public void A_range_of_versions_is_called_one(string range)
    {
        string message = Assert.Throws<UserException>(() => NuGetPackages.Asked($" MathNet.Numerics, {range}")).Message;

        Assert.Contains($"{range} is a range", message, StringComparison.Ordinal);
        Assert.Contains("#r \"nuget: MathNet.Numerics, 1.2.3\"", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MathNet.Numerics,5.0.0")]
    [InlineData(" MathNet.Numerics , [5.0.0] ")]
    public void One_version_is_taken_with_and_without_brackets(string asked) =>
        Assert.Equal(new PackageVersion("MathNet.Numerics", "5.0.0"), NuGetPackages.Asked(asked));

    [Fact]
    public void The_reason_is_told_without_the_project_it_was_found_with() => Assert.Equal(
        "Unable to find package X with version (= 1.0.4). Found 84 version(s) in nuget.org [ Nearest version: 1.0.5 ].",
        NuGetPackages.Reason("""
            /tmp/1.0.4.77.part/packages.csproj : error NU1102: Unable to find package X with version (= 1.0.4)
            /tmp/1.0.4.77.part/packages.csproj : error NU1102:   - Found 84 version(s) in nuget.org [ Nearest version: 1.0.5 ]
            /tmp/1.0.4.77.part/packages.csproj : error NU1102: Unable to find package X with version (= 1.0.4) [/tmp/1.0.4.77.part/packages.csproj]

            """));
}
