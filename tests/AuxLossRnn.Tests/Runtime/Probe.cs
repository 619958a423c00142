using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Tests.Runtime;

/// <summary>What a fresh process finds: the test program itself, started again with a variable set.</summary>
/// <remarks>Native loading happens once a process, and the environment counts only before it.</remarks>
internal sealed record Probe(
    NativeLoadReport Report, string? NativeSpinCount, string Waiting, int ThreadsByDefault)
{
    private const string Variable = "AUXLOSSRNN_TEST_PROBE";

#pragma warning disable CA2255 // The child must answer before the test runner starts.
    [ModuleInitializer]
    internal static void AnswerIfAsked()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 })
        {
            return;
        }

        string? spinCount = OperatingSystem.IsLinux() ? Marshal.PtrToStringUTF8(NativeVariable([.. "GOMP_SPINCOUNT\0"u8])) : null;
        int threads = TorchThreads.Use();
        var answer = new Probe(NativeLibraries.Report, spinCount, OpenMp.Waiting, threads);
        Console.Out.Write(JsonSerializer.Serialize(answer));
        Console.Out.Flush();
        Environment.Exit(0);
    }

    /// <summary>Starts the child with these variables and none of the caller's that matter here.</summary>
    internal static async Task<Probe> Ask(TemporaryFolder folder, params (string Name, string Value)[] environment)
    {
        string program = Path.ChangeExtension(typeof(Probe).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in new[] { "GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "XDG_CACHE_HOME" })
        {
            start.Environment.Remove(name);
        }

        start.Environment[Variable] = folder.Path;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string answer = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 0, $"the child ended with {child.ExitCode}: {await errors}");
        return JsonSerializer.Deserialize<Probe>(answer)!;
    }

    /// <summary>What native code sees, which .NET's own copy of the environment does not show.</summary>
    [DllImport("libc", EntryPoint = "getenv")]
    private static extern nint NativeVariable(byte[] name);
}
