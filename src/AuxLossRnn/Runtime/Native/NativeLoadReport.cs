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

    /// <summary>Windows and macOS, where TorchSharp finds its libraries without help.</summary>
    public static NativeLoadReport LeftToTorchSharp { get; } = new(null, null, null, null);
}
