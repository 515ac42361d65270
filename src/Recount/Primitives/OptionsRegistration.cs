using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Recount.Primitives;

/// <summary>Options bound from configuration and checked before anything starts.</summary>
public static class OptionsRegistration
{
    /// <summary>
    /// Binds <typeparamref name="TOptions"/> to the section and validates its data annotations at start. An error names
    /// the exact key, as it is written in <c>appsettings.json</c> (<c>A:B</c>) and in the environment
    /// (<c>RECOUNT__A__B</c>). A key that the section does not know is an error too: it is a limit nobody enforces.
    /// </summary>
    public static IServiceCollection AddRecountOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>()
            .BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(new SectionValidator<TOptions>(section));
        return services;
    }

    private sealed class SectionValidator<TOptions>(string section) : IValidateOptions<TOptions>
        where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            var failures = Failures(section, options).ToList();
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }

        private static IEnumerable<string> Failures(string path, object options)
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            foreach (var result in results)
            {
                var key = $"{path}:{result.MemberNames.FirstOrDefault()}";
                yield return $"{key} (RECOUNT__{key.Replace(":", "__")}): {result.ErrorMessage}";
            }

            // The validator looks at one object; limits stand in nested ones too.
            foreach (var property in options.GetType().GetProperties().Where(property => IsNested(property.PropertyType)))
            {
                if (property.GetValue(options) is { } nested)
                {
                    foreach (var failure in Failures($"{path}:{property.Name}", nested))
                    {
                        yield return failure;
                    }
                }
            }
        }

        private static bool IsNested(Type type) =>
            type.IsClass && type.Assembly.GetName().Name!.StartsWith(nameof(Recount), StringComparison.Ordinal);
    }
}
