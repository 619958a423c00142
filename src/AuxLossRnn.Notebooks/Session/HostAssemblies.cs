using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Assemblies that cells ask for, with what they need. They are the process's: all sessions share them.</summary>
/// <remarks>An assembly that the host brings itself, such as the kit, wins over a file of the same name: types are then one.</remarks>
internal static class HostAssemblies
{
    private static readonly Lock Gate = new();
    private static readonly List<(string Folder, AssemblyDependencyResolver? Resolver)> Places = [];
    private static readonly Dictionary<string, PortableExecutableReference> References = new(StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string> HostFiles =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(g => g.Key!, g => g.First(), StringComparer.OrdinalIgnoreCase);

    static HostAssemblies()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) => Find(name) is string file ? context.LoadFromAssemblyPath(file) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => LoadNative(name);
    }

    /// <summary>What every cell refers to: the shared framework, and the assembly of the displays.</summary>
    public static IEnumerable<MetadataReference> Always { get; } = [.. HostFiles.Values
        .Where(file => Path.GetDirectoryName(file) == Path.GetDirectoryName(typeof(object).Assembly.Location))
        .Append(typeof(HostAssemblies).Assembly.Location)
        .Select(Reference)];

    /// <summary>Makes an assembly and the assemblies it needs known to the process.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What a compilation needs to name their types.</returns>
    /// <exception cref="UserException">No such file, or no assembly.</exception>
    public static IReadOnlyList<MetadataReference> Add(string path)
    {
        if (!File.Exists(path))
        {
            // A copy of a notebook lies elsewhere than the libraries it names; those of the kit are here in any case.
            path = HostFiles.TryGetValue(Path.GetFileNameWithoutExtension(path), out string? here) ? here : throw new UserException($"#r: there is no file {path}; build its project first, or mend the path.");
        }

        lock (Gate)
        {
            string folder = Path.GetDirectoryName(path)!;
            if (!Places.Any(place => place.Folder == folder))
            {
                bool described = File.Exists(Path.ChangeExtension(path, ".deps.json"));
                Places.Add((folder, described ? new AssemblyDependencyResolver(path) : null));
            }
        }

        var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            Collect(HostFiles.GetValueOrDefault(Path.GetFileNameWithoutExtension(path), path), files);
        }
        catch (Exception problem) when (problem is BadImageFormatException or InvalidOperationException)
        {
            throw new UserException($"#r: {path} is no .NET assembly.", problem);
        }

        return [.. files.Values.Select(Reference)];
    }

    /// <summary>Whether a file holds managed code.</summary>
    public static bool IsManaged(string path)
    {
        using var reader = new PEReader(File.OpenRead(path));
        try
        {
            return reader.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private static void Collect(string path, Dictionary<string, string> files)
    {
        if (!files.TryAdd(Path.GetFileNameWithoutExtension(path), path))
        {
            return;
        }

        using var reader = new PEReader(File.OpenRead(path));
        MetadataReader metadata = reader.GetMetadataReader();
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
        {
            AssemblyName name = metadata.GetAssemblyReference(handle).GetAssemblyName();
            string? file = HostFiles.GetValueOrDefault(name.Name!) ?? Find(name);
            if (file is not null && Path.GetDirectoryName(file) != framework)
            {
                Collect(file, files);
            }
        }
    }

    private static PortableExecutableReference Reference(string path)
    {
        // One reference a file for the process: metadata is read once, however many cells there are.
        lock (References)
        {
            return References.TryGetValue(path, out PortableExecutableReference? known)
                ? known
                : References[path] = MetadataReference.CreateFromFile(path, documentation: Documentation(Path.ChangeExtension(path, ".xml")));
        }
    }

    // What a build writes beside a library.
    private static XmlDocumentationProvider? Documentation(string file) =>
        File.Exists(file) ? XmlDocumentationProvider.CreateFromFile(file) : null;

    private static string? Find(AssemblyName name)
    {
        lock (Gate)
        {
            return Places
                .Select(place => place.Resolver?.ResolveAssemblyToPath(name) ?? Path.Combine(place.Folder, name.Name + ".dll"))
                .FirstOrDefault(File.Exists);
        }
    }

    // Packages use the portable names; a distribution's own build of .NET may call itself otherwise.
    private static string Platform { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    private static nint LoadNative(string name)
    {
        string[] files = OperatingSystem.IsWindows() ? [name, name + ".dll"]
            : OperatingSystem.IsMacOS() ? [name, name + ".dylib", $"lib{name}.dylib"] : [name, name + ".so", $"lib{name}.so"];
        lock (Gate)
        {
            foreach ((string folder, AssemblyDependencyResolver? resolver) in Places)
            {
                IEnumerable<string?> paths = files
                    .SelectMany(file => new[] { Path.Combine(folder, "runtimes", Platform, "native", file), Path.Combine(folder, file) })
                    .Prepend(resolver?.ResolveUnmanagedDllToPath(name));
                foreach (string? path in paths)
                {
                    if (path is not null && File.Exists(path) && NativeLibrary.TryLoad(path, out nint handle))
                    {
                        return handle;
                    }
                }
            }
        }

        return 0;
    }
}
