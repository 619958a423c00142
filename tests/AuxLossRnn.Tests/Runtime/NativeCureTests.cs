using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Tests.Runtime;

public sealed class NativeCureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/kit/libtorch_cpu.so could not be loaded: /conda/lib/libgomp-98b21ff3.so.1: file too short", "Take /conda/lib/ out of LD_LIBRARY_PATH, or unset it.")]
    [InlineData("/kit/libtorch_cpu.so could not be loaded: /conda/lib/libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by /kit/libtorch_cpu.so)", "Take /conda/lib/ out of LD_LIBRARY_PATH, or unset it.")]
    [InlineData("/kit/libtorch_cpu.so could not be loaded: /lib/libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by /kit/libtorch_cpu.so)", "This system's libstdc++.so.6 is older than libtorch asks for.")]
    [InlineData("/kit/libtorch_cpu.so could not be loaded: libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory", "Run `dotnet restore` and build again")]
    [InlineData("libLibTorchSharp.so is not below /kit", "Run `dotnet restore` and build again")]
    [InlineData("/kit/libc10.so could not be loaded: /kit/libc10.so: failed to map segment from shared object", "see that its file system lets files be executed")]
    [InlineData("/kit/libtorch_cpu.so could not be loaded: libstdc++.so.6: cannot open shared object file: No such file or directory", "If the loader misses a library of the system, install it")]
    public void The_cure_is_that_of_the_file_which_the_loader_blames(string reason, string cure) =>
        Assert.Contains(cure, NativeCure.For(reason, "/opt/x:/conda/lib/"), StringComparison.Ordinal);

    [Fact]
    public void A_damaged_file_of_a_package_is_to_be_deleted_there_too()
    {
        string path = _folder["libc10.so"];
        File.WriteAllText(path, "");

        Assert.StartsWith("The file is damaged. Delete it, and its package", NativeCure.For($"{path} could not be loaded: {path}: file too short", null), StringComparison.Ordinal);
        Assert.Contains("/a/libc10.so: file too short. Run `dotnet restore`", NativeLoadReport.Failed("/a", "/a/libc10.so could not be loaded: /a/libc10.so: file too short").Refusal ?? "", StringComparison.Ordinal);
    }
}
