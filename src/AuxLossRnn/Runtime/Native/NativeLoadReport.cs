namespace AuxLossRnn.Runtime.Native;

/// <summary>What happened when the native libraries were loaded.</summary>
/// <param name="Folder">The folder of the native files; null where the search is TorchSharp's own.</param>
/// <param name="TorchSharpLibrary">The file loaded as TorchSharp's native half; null if none was.</param>
/// <param name="WeakenedVersion">The version need that was marked weak in a copy; null if the original loaded.</param>
/// <param name="Failure">What went wrong; null if nothing did.</param>
public sealed record NativeLoadReport(string? Folder, string? TorchSharpLibrary, string? WeakenedVersion, string? Failure)
{
    /// <summary>The state before <see cref="NativeLibraries.Load"/>.</summary>
    public static NativeLoadReport NotLoaded { get; } = new(null, null, null, "not loaded");

    /// <summary>What to do about <see cref="Failure"/>, in sentences; null where nothing went wrong.</summary>
    public string? Cure { get; init; }

    /// <summary>Failure and cure as a message; null where nothing went wrong.</summary>
    public string? Refusal => Failure is null ? null : $"libtorch, which computes for the kit, cannot be used: {Failure}. {Cure}";

    /// <summary>A report of a failure, with its cure.</summary>
    /// <param name="folder">The folder of the native files; null where it was not found.</param>
    /// <param name="failure">What went wrong.</param>
    public static NativeLoadReport Failed(string? folder, string failure) => new(folder, null, null, failure)
    {
        Cure = NativeCure.For(failure, Environment.GetEnvironmentVariable(NativeCure.SearchPath)),
    };

    /// <summary>Windows and macOS, where TorchSharp finds its libraries without help.</summary>
    public static NativeLoadReport LeftToTorchSharp { get; } = new(null, null, null, null);
}
