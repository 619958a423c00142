using System.Runtime.InteropServices;
using AuxLossRnn.Cli.Doctor;
using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Cli.Tests;

public sealed class SystemReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_whole_report_on_folders_that_do_not_exist_is_healthy()
    {
        SystemReport report = Report();

        Assert.True(report.IsHealthy, string.Join('\n', report.Checks));
        Assert.Equal("right", Check(report, "matrix product").Value);
        Assert.Equal("right, forward and backward", Check(report, "LSTM step").Value);
        Assert.Equal("0.107.0", Check(report, "TorchSharp").Value);
        Assert.Equal("2.10.0", Check(report, "libtorch").Value);
        Assert.Equal(CheckState.Note, Check(report, "data root").State);
        Assert.EndsWith("will be made", Check(report, "output folder").Value);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Groups_stand_together_and_what_is_not_ok_is_explained()
    {
        SystemReport report = Report();

        string[] groups = [.. report.Checks.Select(check => check.Group)];
        Assert.Equal(groups.Distinct().Count(), 1 + groups.Zip(groups.Skip(1)).Count(pair => pair.First != pair.Second));
        Assert.All(report.Checks, check => Assert.Equal(check.State == CheckState.Ok, check.Advice is null));
    }

    [Fact]
    public void Present_and_absent_datasets_are_named()
    {
        Directory.CreateDirectory(_folder["mnist"]);
        Directory.CreateDirectory(_folder["dbpedia"]);

        SystemCheck check = Folders(_folder.Path, _folder.Path).Single(check => check.Name == "datasets");

        Assert.Equal("mnist, dbpedia", check.Value);
        Assert.Equal(CheckState.Note, check.State);
        Assert.StartsWith("Absent: cifar10, stanford-dogs.", check.Advice);
    }

    [Fact]
    public void A_file_in_the_place_of_a_folder_is_wrong()
    {
        File.WriteAllText(_folder["file"], "");
        SystemCheck[] checks = Folders(_folder["file"], Path.Combine(_folder["file"], "runs"));

        Assert.Equal(
            ["data root", "output folder"],
            checks.Where(check => check.State == CheckState.Wrong).Select(check => check.Name));
        Assert.False(new SystemReport(checks).IsHealthy);
    }

    [Theory]
    [InlineData(0.01, CheckState.Wrong)]
    [InlineData(1, CheckState.Note)]
    [InlineData(50, CheckState.Ok)]
    public void Little_space_is_noted_and_none_is_wrong(double gibibytes, CheckState state) =>
        Assert.Equal(state, FolderChecks.SpaceLeft("space", "folder", gibibytes).State);

    [Fact]
    public void Libraries_that_did_not_load_are_wrong_and_are_not_tried()
    {
        var report = new NativeLoadReport(null, null, null, "the loader says no");

        SystemCheck loading = NativeChecks.All(report).Single(check => check.Name == "loading");
        Assert.Equal((CheckState.Wrong, "the loader says no"), (loading.State, loading.Value));
        Assert.DoesNotContain(ComputationChecks.All(report), check => check.Name is "matrix product" or "LSTM step");
        Assert.Contains(ComputationChecks.All(report), check => check.State == CheckState.Wrong);
    }

    [Fact]
    public void A_weakened_version_need_is_noted() => Assert.Equal(
        CheckState.Note, NativeChecks.Loading(new NativeLoadReport("folder", "copy", "GLIBCXX_3.4.32", null)).State);

    [Fact]
    public void A_computation_that_throws_is_wrong_in_one_line()
    {
        SystemCheck check = ComputationChecks.Try("sum", () => throw new TypeInitializationException(
            "torch", new NotSupportedException("no library\nand a trace")));

        Assert.Equal((CheckState.Wrong, "no library"), (check.State, check.Value));
    }

    [Fact]
    public void The_kernels_instructions_are_named_and_what_lowered_them()
    {
        SystemCheck best = KernelCheck.Describe("", "AVX-512", obstacle: null, []);
        SystemCheck lower = KernelCheck.Describe("", "AVX2", "the processor has no AVX-512", ["DOTNET_EnableAVX512=0"]);
        SystemCheck none = KernelCheck.Describe("", instructions: null, "the processor has no AVX-512", []);

        Assert.Equal(("AVX-512, float32 and bfloat16", CheckState.Ok), (best.Value, best.State));
        Assert.Equal(("AVX2, float32 (no bfloat16: the processor has no AVX-512)", CheckState.Note), (lower.Value, lower.State));
        Assert.StartsWith("DOTNET_EnableAVX512=0 tells .NET", lower.Advice);
        Assert.Equal(("libtorch's", CheckState.Note), (none.Value, none.State));
        Assert.StartsWith("libtorch computes", none.Advice);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Instructions_that_a_switch_turned_off_are_noted()
    {
        CommandResult result = AuxLoss.RunWith([("DOTNET_EnableHWIntrinsic", "0")], "doctor").ShouldExitWith(0);

        Assert.Matches(@"\[note\] +LSTM kernel: libtorch's\s", result.Output);
        Assert.Contains("DOTNET_EnableHWIntrinsic=0", result.Output);
    }

    [Theory]
    [InlineData("libc10.so")]
    [InlineData("libtorch.so")]
    [InlineData("libgomp.so.1")]
    [Trait("Category", "Slow")]
    public void A_library_of_another_program_on_the_search_path_is_not_taken(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has LD_LIBRARY_PATH");
        File.WriteAllText(_folder[name], "no library");

        AuxLoss.RunWith([("LD_LIBRARY_PATH", _folder.Path)], "doctor").ShouldExitWith(0);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_command_that_cannot_compute_names_the_file_and_the_cure()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has LD_LIBRARY_PATH");

        // The loader asks for this file by a name that is not its own, so a path given before does not help.
        string native = NativeLibraries.Report.Folder!;
        string name = Path.GetFileName(Directory.EnumerateFiles(native, "libgomp-*.so*").First());
        File.WriteAllText(_folder[name], "no library");
        (string, string)[] variables = [("LD_LIBRARY_PATH", _folder.Path)];

        CommandResult doctor = AuxLoss.RunWith(variables, "doctor").ShouldExitWith(1);
        CommandResult training = AuxLoss.RunWith(variables, "train", "--dataset", "stroke-digits").ShouldExitWith(1);

        string expected = $"{_folder[name]}: file too short";
        string cure = $"Take {_folder.Path} out of LD_LIBRARY_PATH, or unset it.";
        Assert.All(new[] { expected, cure }, part => Assert.Contains(part, doctor.Output, StringComparison.Ordinal));
        Assert.All(new[] { expected, cure }, part => Assert.Contains(part, training.Error, StringComparison.Ordinal));
        Assert.Equal("", training.Output);
        Assert.DoesNotContain("   at ", training.Error, StringComparison.Ordinal);
        AuxLoss.RunWith(variables, "data", "list").ShouldExitWith(0);
    }

    [Fact]
    public void Pictures_are_looked_at() => Assert.Matches("^SkiaSharp [0-9.]+$", Check(Report(), "pictures").Value);

    [Fact]
    [Trait("Category", "Slow")]
    public void What_is_said_of_bfloat16_is_what_a_training_does()
    {
        foreach ((string, string)[] variables in new (string, string)[][] { [], [("DOTNET_EnableAVX512", "0")], [("ATEN_CPU_CAPABILITY", "avx2")] })
        {
            string[] lines = [.. AuxLoss.RunWith(variables, "doctor").Output.Split('\n').Where(line => line.Contains("bfloat16", StringComparison.Ordinal))];
            CommandResult training = AuxLoss.RunWith(
                variables, "train", "--dataset", "stroke-digits", "--model", "lstm", "--side", "7", "--hidden", "8", "--train-limit", "200", "--test-limit", "50", "--batch", "16", "--truncation", "8", "--steps", "1", "--precision", "bfloat16");

            bool isSaid = lines.Any(line => line.Contains("and bfloat16", StringComparison.Ordinal));
            Assert.Equal(isSaid ? 0 : 2, training.ExitCode);
            Assert.All(lines, line => Assert.Equal(isSaid, !line.Contains("no bfloat16", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Another_architecture_is_wrong() =>
        Assert.Equal(CheckState.Wrong, MachineChecks.Architecture(Architecture.S390x).State);

    [Fact]
    [Trait("Category", "Slow")]
    public void Waiting_that_the_user_has_chosen_is_noted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libgomp is what libtorch uses on Linux");

        CommandResult result = AuxLoss.RunWith([("OMP_WAIT_POLICY", "passive")], "doctor").ShouldExitWith(0);

        Assert.Matches(@"\[note\] +thread waiting: OMP_WAIT_POLICY=passive \(set by the user\)", result.Output);
    }

    private SystemReport Report() => SystemReport.Create(_folder["no-data"], _folder["no-runs"]);

    private static SystemCheck[] Folders(string dataRoot, string outputFolder) =>
        [.. FolderChecks.All(dataRoot, outputFolder)];

    private static SystemCheck Check(SystemReport report, string name) => report.Checks.Single(check => check.Name == name);
}
