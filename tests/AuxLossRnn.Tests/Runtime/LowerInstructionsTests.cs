using System.Diagnostics;
using System.Xml.Linq;
using AuxLossRnn.Kernels;

namespace AuxLossRnn.Tests.Runtime;

/// <summary>The kernels' own tests with each lower instruction set that the processor has, and models without kernels: in a process of their own.</summary>
public sealed class LowerInstructionsTests
{
    /// <summary>What tells the other process that it is one, and which instructions its kernels are to use.</summary>
    internal const string Variable = "AUXLOSSRNN_TEST_INSTRUCTIONS";

    private const string None = "none", NoBFloat16 = "No bfloat16: ";

    public static TheoryData<string> Lower => Lanes.Instructions switch
    {
        "AVX-512" => ["AVX2", None],
        "AVX2" => [None],
        _ => [], // .NET has no switch for those of Arm
    };

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Lower))]
    [Trait("Category", "Slow")]
    public void With_lower_instructions_the_kernels_pass_their_tests_and_without_any_models_compute(string instructions)
    {
        Assert.True(Environment.GetEnvironmentVariable(Variable) is null, "A process that runs these tests for another starts none itself.");

        XElement results = instructions == None
            ? Run(None, [("DOTNET_EnableAVX2", "0"), ("ATEN_CPU_CAPABILITY", "default"), ("ONEDNN_MAX_CPU_ISA", "SSE41")], "AuxLossRnn.Tests.Kernels.*", "AuxLossRnn.Tests.Training.GradientRoutesTests")
            : Run(instructions, [("DOTNET_EnableAVX512", "0"), ("ATEN_CPU_CAPABILITY", "avx2"), ("ONEDNN_MAX_CPU_ISA", "AVX2")], "AuxLossRnn.Tests.Kernels.*");

        Assert.Equal((0, 0), ((int)results.Attribute("failed")!, (int)results.Attribute("errors")!));
        Assert.True((int)results.Attribute("passed")! >= (instructions == None ? 300 : 250), $"Only {results.Attribute("passed")!.Value} tests passed.");
        string expected = instructions == None ? $"^({NoBFloat16}|The kernels need a processor with )" : $"^{NoBFloat16}";
        Assert.All(results.Descendants("reason"), reason => Assert.Matches(expected, reason.Value));
    }

    private static XElement Run(string instructions, (string Name, string Value)[] switches, params string[] classes)
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo(
            ChildProcess.Beside("AuxLossRnn.Tests"),
            [.. classes.SelectMany(name => new[] { "--filter-class", name }), "--report-xunit-xml", "--report-xunit-xml-filename", "results.xml", "--results-directory", folder.Path]);
        foreach ((string name, string value) in switches.Append((Variable, instructions)))
        {
            start.Environment[name] = value;
        }

        using var child = new ChildProcess(start);
        child.Wait().ShouldExitWith(0);
        return XDocument.Load(folder["results.xml"]).Root!.Element("assembly")!;
    }
}
