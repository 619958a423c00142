using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>The assemblies that a session's cells ask for, with what these need, and the cells' own.</summary>
/// <remarks>
/// They stand apart from the host's: cells may ask for another version of what the host uses itself. Only assemblies whose types
/// pass between the two are the host's in any case. Of each assembly there is one version; a second one is refused, never replaced silently.
/// </remarks>
internal sealed class CellAssemblies() : AssemblyLoadContext("cells")
{
    private readonly Lock _gate = new();
    private readonly List<AssemblyPlace> _places = [];
    private readonly Dictionary<string, Known> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _hostsOwn = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _feeds = [];
    private readonly Dictionary<string, string> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes an assembly and the assemblies it needs known to the cells.</summary>
    /// <param name="path">The file.</param>
    /// <param name="note">Takes what the cell's author should know.</param>
    /// <returns>What a compilation needs to name their types.</returns>
    /// <exception cref="UserException">No such file, no assembly, or one that cannot stand beside those that there are.</exception>
    public IReadOnlyList<MetadataReference> AddFile(string path, Action<string> note)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        if (!File.Exists(path))
        {
            // A copy of a notebook lies elsewhere than the libraries it names; those of the kit are here in any case.
            path = HostAssemblies.Files.GetValueOrDefault(name) ?? throw new UserException($"#r: there is no file {path}; build its project first, or mend the path.");
        }

        return Add([path], Place(path, path), named => named == name, note);
    }

    /// <summary>Makes the assemblies of a package and of what it needs known to the cells.</summary>
    /// <param name="package">The package.</param>
    /// <param name="note">Takes what the cell's author should know.</param>
    /// <exception cref="UserException">It cannot be had, or cannot stand beside what there is.</exception>
    public IReadOnlyList<MetadataReference> AddPackage(PackageVersion package, Action<string> note)
    {
        // What cannot be is said before anything is downloaded.
        if (_asked.TryGetValue(package.Id, out string? other) && !other.Equals(package.Version, StringComparison.OrdinalIgnoreCase))
        {
            throw Second(package.ToString(), $"{package.Id} {other}");
        }

        if (HostAssemblies.IsShared(package.Id) && HostAssemblies.Packages.TryGetValue(package.Id, out PackageVersion? host) && host.Version != package.Version)
        {
            throw Shared(package.ToString(), host);
        }

        IReadOnlyList<string> files = NuGetPackages.Files(package, _feeds);
        AssemblyPlace place = Place(files[0], package.ToString());
        IReadOnlyList<MetadataReference> references = Add(files, place, name => place.Package(name)?.Id.Equals(package.Id, StringComparison.OrdinalIgnoreCase) ?? false, note);
        _asked[package.Id] = package.Version;
        if (HostAssemblies.Files.TryGetValue(package.Id, out string? part) && HostAssemblies.IsFramework(part) && place.Find(new AssemblyName(package.Id)) is null)
        {
            note($"{package.Id} is a part of .NET: the one of .NET {Environment.Version} is used, not {package.Version}.");
        }

        foreach (string extension in NuGetPackages.Extensions(files[0]))
        {
            note($"{extension} extends the kernel of .NET Interactive, which this one is not: the extension is not loaded. Values that know their HTML are shown by it, and HTML(text) shows any.");
        }

        return references;
    }

    /// <summary>Has packages looked for in another place, too.</summary>
    /// <param name="feed">The feed's address, or a folder with packages.</param>
    public void AddFeed(string feed) => _feeds.Add(feed);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        lock (_gate)
        {
            string? file = _known.TryGetValue(assemblyName.Name!, out Known? known) && string.IsNullOrEmpty(assemblyName.CultureName)
                ? known.Place.Running(assemblyName, known.File)
                : HostAssemblies.Files.ContainsKey(assemblyName.Name!) ? null
                : _places.Select(place => place.Running(assemblyName, null)).FirstOrDefault(found => found is not null);
            return file is null ? null : LoadFromAssemblyPath(file);
        }
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        lock (_gate)
        {
            foreach (string path in Enumerable.Reverse(_places).SelectMany(place => place.Natives(unmanagedDllName)))
            {
                if (NativeLibrary.TryLoad(path, out nint handle))
                {
                    return handle;
                }
            }
        }

        return 0;
    }

    private AssemblyPlace Place(string main, string asked)
    {
        lock (_gate)
        {
            return _places.Find(known => known.Main == main) ?? new AssemblyPlace(main, asked);
        }
    }

    private PortableExecutableReference[] Add(IEnumerable<string> files, AssemblyPlace place, Func<string, bool> isNamed, Action<string> note)
    {
        lock (_gate)
        {
            var adding = new Adding(place, isNamed);
            foreach (string file in files)
            {
                try
                {
                    Collect(file, fromHost: HostAssemblies.Files.Values.Contains(file), adding);
                }
                catch (Exception problem) when (problem is BadImageFormatException or InvalidOperationException)
                {
                    throw new UserException($"#r: {file} is no .NET assembly.", problem);
                }
            }

            // All or nothing: a line that is refused leaves things as they were.
            if (!_places.Contains(place))
            {
                _places.Add(place);
            }

            _hostsOwn.UnionWith(adding.HostsOwn);
            foreach ((string name, Known known) in adding.New)
            {
                _known[name] = known;
            }

            adding.Notes.ForEach(note);
            // The kernel of .NET Interactive does not run here: its types would only hide those that take their place.
            return [.. adding.Seen.Where(file => file.Key != "Microsoft.DotNet.Interactive").Select(file => HostAssemblies.Reference(file.Value))];
        }
    }

    private void Collect(string path, bool fromHost, Adding adding)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        if (adding.Seen.ContainsKey(name) || (fromHost && _known.ContainsKey(name)))
        {
            return;
        }

        bool host = fromHost;
        string file = fromHost ? path : Choose(name, path, adding, out host);
        adding.Seen.Add(name, file);
        if (host)
        {
            adding.HostsOwn.Add(name);
        }

        foreach (AssemblyName need in HostAssemblies.Describe(file).Needs)
        {
            string? hosts = HostAssemblies.Files.GetValueOrDefault(need.Name!);
            string? own = host ? null : adding.Place.Find(need);
            string? next = own ?? _known.GetValueOrDefault(need.Name!)?.File ?? hosts ?? _places.Select(place => place.Find(need)).FirstOrDefault(found => found is not null);
            if (next is not null && (next != hosts || !HostAssemblies.IsFramework(next)))
            {
                Collect(next, next == hosts, adding);
            }
        }
    }

    // Which file an assembly is to be: the one that was found, the one that cells have already, or the host's.
    private string Choose(string name, string path, Adding adding, out bool host)
    {
        host = false;
        bool named = adding.IsNamed(name);
        (Version version, Guid build, _) = HostAssemblies.Describe(path);
        if (_known.TryGetValue(name, out Known? known))
        {
            if (known.Build == build || (!named && version <= known.Version))
            {
                return known.File;
            }

            string wanted = adding.Place.Name(name);
            string there = known.Place.Name(name);
            if (named || known.IsNamed || Assemblies.Any(loaded => loaded.GetName().Name == name))
            {
                throw Second(named ? wanted : $"{wanted}, which {adding.Place.Asked} needs,", there);
            }

            adding.Notes.Add($"{wanted} is used from here on, not {there}: {adding.Place.Asked} needs it.");
        }
        else if (HostAssemblies.Files.TryGetValue(name, out string? hosts) && hosts != path)
        {
            (Version hostVersion, Guid hostBuild, _) = HostAssemblies.Describe(hosts);
            host = hostBuild == build || HostAssemblies.IsShared(name) || _hostsOwn.Contains(name) || HostAssemblies.IsFramework(hosts);
            host &= hostBuild == build || HostAssemblies.IsShared(name) || version <= hostVersion;
            if (host && hostBuild != build && !HostAssemblies.IsKit(name))
            {
                Differ(name, named, version > hostVersion, adding.Place.Name(name), adding);
            }

            if (host)
            {
                return hosts;
            }
        }

        adding.New[name] = new Known(path, version, build, named, adding.Place);
        return path;
    }

    // The host's is taken in place of another one: it is refused, or said.
    private static void Differ(string name, bool named, bool newer, string wanted, Adding adding)
    {
        PackageVersion host = HostAssemblies.Packages.GetValueOrDefault(name) ?? new PackageVersion(name, "");
        bool shared = HostAssemblies.IsShared(name);
        if (shared && (named || newer))
        {
            throw Shared(named ? wanted : $"{wanted}, which {adding.Place.Asked} needs,", host);
        }

        if (named)
        {
            throw new UserException(
                $"#r: {wanted} cannot stand beside {host}, which libraries of the kit brought that this session refers to. "
                + "Restart the kernel and put this line before the #r lines of the kit's libraries.");
        }

        if (wanted != host.ToString())
        {
            adding.Notes.Add($"{host} is used, which the kit {(shared ? "runs with" : "brought")}, not {wanted}, which {adding.Place.Asked} asks for.");
        }
    }

    private static UserException Second(string wanted, string there) => new(
        $"#r: {wanted} cannot stand beside {there}, which this session refers to already: of each assembly there is one version. "
        + "Keep one of the two, and restart the kernel.");

    private static UserException Shared(string wanted, PackageVersion host) => new(
        $"#r: {wanted} cannot stand beside {host}, with which the kit runs and whose types it shares with the cells. "
        + $"Write #r \"nuget: {host.Id}, {host.Version}\", or leave the line out.");

    private sealed record Known(string File, Version Version, Guid Build, bool IsNamed, AssemblyPlace Place);

    private sealed class Adding(AssemblyPlace place, Func<string, bool> isNamed)
    {
        public AssemblyPlace Place { get; } = place;

        public Func<string, bool> IsNamed { get; } = isNamed;

        public Dictionary<string, string> Seen { get; } = new(StringComparer.OrdinalIgnoreCase);

        public HashSet<string> HostsOwn { get; } = [];

        public Dictionary<string, Known> New { get; } = [];

        public List<string> Notes { get; } = [];
    }
}
