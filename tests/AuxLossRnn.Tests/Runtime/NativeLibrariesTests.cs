using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Tests.Runtime;

public sealed class NativeLibrariesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Here_the_libraries_are_loaded()
    {
        Assert.Null(NativeLibraries.Report.Failure);
        using var sum = TorchSharp.torch.ones(3).sum();
        Assert.Equal(3, sum.item<float>());
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_process_with_an_empty_cache_loads_them()
    {
        Probe probe = Probe.Ask(_folder, ("XDG_CACHE_HOME", _folder["cache"]));

        Assert.Null(probe.Report.Failure);
        Assert.InRange(probe.ThreadsByDefault, 1, int.MaxValue); // libtorch has been asked
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_damaged_copy_is_written_again()
    {
        SkipWhereNoCopyIsNeeded();
        Probe probe = Probe.Ask(_folder, ("XDG_CACHE_HOME", _folder["cache"]));
        string copy = probe.Report.TorchSharpLibrary!;
        Assert.StartsWith(_folder["cache"], copy);
        byte[] content = File.ReadAllBytes(copy);
        File.WriteAllBytes(copy, content.AsSpan(0, content.Length / 2));

        probe = Probe.Ask(_folder, ("XDG_CACHE_HOME", _folder["cache"]));

        Assert.Null(probe.Report.Failure);
        Assert.Equal(copy, probe.Report.TorchSharpLibrary);
        Assert.Equal(content, File.ReadAllBytes(copy));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Without_a_writable_cache_a_passing_copy_serves_and_leaves_nothing_behind()
    {
        SkipWhereNoCopyIsNeeded();
        File.WriteAllText(_folder["file"], "");
        string temporary = Directory.CreateDirectory(_folder["temporary"]).FullName;

        Probe probe = Probe.Ask(_folder, ("XDG_CACHE_HOME", _folder["file"]), ("TMPDIR", temporary));

        Assert.Null(probe.Report.Failure);
        Assert.StartsWith(temporary, probe.Report.TorchSharpLibrary);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(temporary), entry => Path.GetFileName(entry).StartsWith("auxlossrnn"));
    }

    private static void SkipWhereNoCopyIsNeeded() => Assert.SkipUnless(
        NativeLibraries.Report.WeakenedVersion is not null,
        "this system's libstdc++ is new enough (or it is not Linux): TorchSharp's own file loads and no copy is made");
}
