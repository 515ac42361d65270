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
            var errors = Errors(section, options).Distinct().ToArray();
            return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }

        // The framework's validator stops at the first level, so limits of nested options would only look enforced.
        private static IEnumerable<string> Errors(string section, object options)
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            var own = results.Select(result =>
            {
                var key = $"{section}:{result.MemberNames.FirstOrDefault()}";
                return $"{key} (RECOUNT__{key.Replace(":", "__")}): {result.ErrorMessage}";
            });
            var nested = options.GetType().GetProperties()
                .Where(property => property.PropertyType is { IsClass: true, Namespace: not null } type
                    && type.Namespace.StartsWith("Recount.", StringComparison.Ordinal))
                .Select(property => (property.Name, Value: property.GetValue(options)))
                .Where(property => property.Value is not null)
                .SelectMany(property => Errors($"{section}:{property.Name}", property.Value!));
            return own.Concat(nested);
        }
    }
}
