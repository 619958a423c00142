using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.AspNetCore.Html;
using Microsoft.CodeAnalysis;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>The assemblies that the host brings: .NET's, the kit's, and those that these need.</summary>
internal static class HostAssemblies
{
    // What the session and the kit's libraries take and give: in cells these types must be the host's own.
    private static readonly string[] SharedNames =
    [
        "TorchSharp", "Microsoft.Data.Analysis", "Microsoft.AspNetCore.Html.Abstractions", "Microsoft.DotNet.Interactive.Formatting",
    ];

    // What the formatting package has beside its formatters: cells would not know it from the kit's own, which also updates what it showed.
    private static readonly string[] HiddenTypes = ["System.DisplayExtensions", "Microsoft.DotNet.Interactive.Formatting.DisplayedValue"];

    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    private static readonly Dictionary<string, PortableExecutableReference> References = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The files by an assembly's simple name.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(g => g.Key!, g => g.First(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The packages of the files.</summary>
    public static IReadOnlyDictionary<string, PackageVersion> Packages { get; } =
        ((string?)AppContext.GetData("APP_CONTEXT_DEPS_FILES") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(PackageVersion.Read)
        .DistinctBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>What every cell refers to: the shared framework, and the assemblies of the displays.</summary>
    public static IEnumerable<MetadataReference> Always { get; } =
    [
        .. Files.Values.Where(IsFramework)
            .Concat([typeof(HostAssemblies).Assembly.Location, typeof(Formatter).Assembly.Location, typeof(IHtmlContent).Assembly.Location])
            .Select(Reference),
    ];

    /// <summary>Whether a file is .NET's.</summary>
    public static bool IsFramework(string path) => Path.GetDirectoryName(path) == FrameworkFolder;

    /// <summary>Whether an assembly is the kit's own.</summary>
    public static bool IsKit(string name) => name.StartsWith("AuxLossRnn", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether types of an assembly pass between cells and the host, so that no other version can stand beside the host's.</summary>
    public static bool IsShared(string name) => IsKit(name) || SharedNames.Contains(name, StringComparer.OrdinalIgnoreCase);

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

    /// <summary>What an assembly is: builds that differ have other ids.</summary>
    public static (Version Version, Guid Build, AssemblyName[] Needs) Describe(string path)
    {
        using var reader = new PEReader(File.OpenRead(path));
        MetadataReader metadata = reader.GetMetadataReader();
        return (
            metadata.GetAssemblyDefinition().Version,
            metadata.GetGuid(metadata.GetModuleDefinition().Mvid),
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName())]);
    }

    /// <summary>What a compilation needs to name a file's types.</summary>
    public static PortableExecutableReference Reference(string path)
    {
        // One reference a file for the process: metadata is read once, however many cells there are.
        lock (References)
        {
            return References.TryGetValue(path, out PortableExecutableReference? known)
                ? known
                : References[path] = path == typeof(Formatter).Assembly.Location ? WithoutHidden(path)
                : MetadataReference.CreateFromFile(path, documentation: Documentation(Path.ChangeExtension(path, ".xml")));
        }
    }

    // The compiler reads a copy in which the types are not public; what runs is the file.
    private static PortableExecutableReference WithoutHidden(string path)
    {
        byte[] image = File.ReadAllBytes(path);
        using var reader = new PEReader(new MemoryStream(image));
        MetadataReader metadata = reader.GetMetadataReader();
        int table = reader.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.TypeDef);
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            if (HiddenTypes.Contains($"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}"))
            {
                // A row begins with the type's attributes.
                image[table + (MetadataTokens.GetRowNumber(handle) - 1) * metadata.GetTableRowSize(TableIndex.TypeDef)] &= unchecked((byte)~TypeAttributes.VisibilityMask);
            }
        }

        return MetadataReference.CreateFromImage(image, filePath: path);
    }

    // What a build writes beside a library.
    private static XmlDocumentationProvider? Documentation(string file) =>
        File.Exists(file) ? XmlDocumentationProvider.CreateFromFile(file) : null;
}
