using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>A folder with a library and what it needs.</summary>
/// <param name="main">The library.</param>
/// <param name="asked">What a cell wrote to have it.</param>
internal sealed class AssemblyPlace(string main, string asked)
{
    private readonly string _folder = Path.GetDirectoryName(main)!;

    private readonly AssemblyDependencyResolver? _resolver =
        File.Exists(Path.ChangeExtension(main, ".deps.json")) ? new AssemblyDependencyResolver(main) : null;

    // Serves messages, most of which are never needed.
    private readonly Lazy<IReadOnlyDictionary<string, PackageVersion>> _packages = new(() => PackageVersion.Read(Path.ChangeExtension(main, ".deps.json")));

    /// <summary>The library.</summary>
    public string Main => main;

    /// <summary>What a cell wrote to have the library.</summary>
    public string Asked => asked;

    /// <summary>The package of an assembly; null if that is not known.</summary>
    public PackageVersion? Package(string name) => _packages.Value.GetValueOrDefault(name);

    /// <summary>What to call an assembly in messages: its package, else its file.</summary>
    public string Name(string name) => _packages.Value.GetValueOrDefault(name)?.ToString() ?? Path.Combine(_folder, name + ".dll");

    /// <summary>The file of an assembly; null if it is not here.</summary>
    public string? Find(AssemblyName name) =>
        _resolver?.ResolveAssemblyToPath(name) ?? (File.Exists(Path.Combine(_folder, name.Name + ".dll")) ? Path.Combine(_folder, name.Name + ".dll") : null);

    /// <summary>The file to load: packages have others to run with on some platforms than to compile with.</summary>
    public string? Running(AssemblyName name, string? otherwise) => _resolver?.ResolveAssemblyToPath(name) ?? otherwise ?? Find(name);

    /// <summary>Files that may be a native library.</summary>
    public IEnumerable<string> Natives(string name)
    {
        string[] files = OperatingSystem.IsWindows() ? [name, name + ".dll"]
            : OperatingSystem.IsMacOS() ? [name, name + ".dylib", $"lib{name}.dylib"] : [name, name + ".so", $"lib{name}.so"];
        return files
            .SelectMany(file => new[] { Path.Combine(_folder, "runtimes", Platform, "native", file), Path.Combine(_folder, file) })
            .Prepend(_resolver?.ResolveUnmanagedDllToPath(name))
            .OfType<string>()
            .Where(File.Exists);
    }

    // Packages use the portable names; a distribution's own build of .NET may call itself otherwise.
    private static string Platform { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");
}
